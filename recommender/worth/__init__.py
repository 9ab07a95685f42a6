"""Who is worth what: where a shopper stands among all, and what may be expected of one.

Imported with it is only the standing, which every process needs; the models are asked for by their files.
"""

from recommender.worth.rfm import Scores as Scores
from recommender.worth.rfm import Standing as Standing
from recommender.worth.rfm import rfm as rfm
