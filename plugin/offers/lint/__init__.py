"""What looks wrong with offer rules before anybody is given them."""
