"""The shop memory: the only room that speaks to Redis, and the Parquet log beside it."""
