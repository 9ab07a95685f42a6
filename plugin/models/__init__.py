"""The life of a shop's models: judged, kept as versions, published, compared, trained again by themselves."""
