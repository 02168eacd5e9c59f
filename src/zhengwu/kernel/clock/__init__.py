"""时限：every lawful limit of the house on one calendar.

Yearly holiday notices (放假安排) are loaded, never computed; due dates and the moment of warning are
stored when a clock starts, resumes or is extended, so that watching is an index range scan over what
changes. Rules of counting: ``zhengwu.lib.workdays``; sources: 民法典 §§201–203, 行政许可法 §§42, 45, 82,
全国年节及纪念日放假办法 (2024).
"""
