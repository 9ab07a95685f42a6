"""Who is worth what: where a shopper stands among all, and what may be expected of one."""

from recommender.worth.bg_nbd import BetaGeometric as BetaGeometric
from recommender.worth.gamma_gamma import GammaGamma as GammaGamma
from recommender.worth.rfm import Scores as Scores
from recommender.worth.rfm import Standing as Standing
from recommender.worth.rfm import rfm as rfm
