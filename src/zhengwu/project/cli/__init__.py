"""The commands of `./zw`, one file each. Listing them (`./zw help`) needs nothing but the standard library."""
