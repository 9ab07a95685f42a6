"""The evaluation as one page that needs nothing but itself: tables, pictures and what each figure means."""
