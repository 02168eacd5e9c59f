"""中介服务: surveyors, appraisers, testers, the post, banks whose report a case waits for.

Each is registered with the time and fee it promises; what it does for a case is a clock of its own, and its lateness is
published (requirement 40; 国办发〔2015〕31号: 中介服务清单、时限和收费公开).
"""
