"""收费管理: 收费目录清单、缴费通知、减免、缴费、举报和收支两条线对账。

What an office may charge stands in the fee register (行政事业性收费目录清单) with its legal basis and standard; nothing
outside it can be notified (行政许可法 §§58–59: 依据法律、行政法规收取费用的，应当按照公布的法定项目和标准收费). What is
collected goes to the treasury and never to the unit that spends (收支两条线).
"""
