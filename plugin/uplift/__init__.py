"""What an offer brings beyond what would have come anyway: measured, told, and weighed when offers rival."""
