"""Who is one person: joining identities, taking them apart, and who was one when."""
