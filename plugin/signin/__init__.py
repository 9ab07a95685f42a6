"""Signing in with a provider of the shop's choice (OpenID Connect): begun, come back from, exchanged."""
