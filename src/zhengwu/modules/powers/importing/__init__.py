"""Lists of matters from Excel or CSV: columns, checking row by row, writing all or nothing."""
