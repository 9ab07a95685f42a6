"""The history: Parquet files of a shop, one row per activity line, partitioned by the day they came in."""

from plugin.store.log.history import Log
from plugin.store.log.rows import SCHEMA

__all__ = ["SCHEMA", "Log"]
