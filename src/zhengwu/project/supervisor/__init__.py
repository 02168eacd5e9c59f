"""What `./zw up` starts and watches. Imports nothing of Django: it must live when the product does not."""
