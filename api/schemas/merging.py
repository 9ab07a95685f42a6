"""Which shoppers are to be one, and which no longer."""

from __future__ import annotations

from api.schemas.strict import StrictSchema, id_field, text_field


class _Merge(StrictSchema):
    into = id_field(required=True)


# `from` is a word of the language, so it cannot be written as the others are.
Merge = _Merge.from_dict({"part": id_field(required=True, data_key="from")}, name="Merge")


class Unmerge(StrictSchema):
    """The merge that is to be undone, by its name."""

    merge_id = text_field(64, required=True)
