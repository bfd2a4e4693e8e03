"""The message model: linear heads and a network, each within its bound.

Scores of a row are 2 x HEADS logits, those of the linear heads first. The second stage reads both; what a message
carries by itself is decided on their mean in fixed shares.
"""
import numpy as np

import first_stage
import network
from first_stage import HEADS

# Share of the network in the mean. Between .3 and .5 nothing changes on held-out single messages.
SHARE = 0.4


def mean(scores):
    return (1 - SHARE) * scores[:, :HEADS] + SHARE * scores[:, HEADS:]


def fit(material, forms, chosen, jobs=2):
    return first_stage.fit(material, chosen, jobs), network.fit(material, forms, chosen)


def out_of_fold(material, forms, folds, jobs=2):
    """Scores of every row and of every corrupted form, by a model that saw no row of its group."""
    linear, net = first_stage.out_of_fold(material, folds, jobs), network.out_of_fold(material, forms, folds, jobs)
    return tuple(np.concatenate(both, 1) for both in zip(linear, net))


def scores_of_rows(material, forms, model, chosen):
    linear, net = model
    child = material.child[chosen]
    return np.concatenate([first_stage.logits(material.plain[chosen], *linear, child),
                           network.logits(net, tuple(t[chosen] for t in forms.plain), child)], 1)


def scores_of_corrupted(material, forms, model, chosen):
    linear, net = model
    child = material.child[material.source[chosen]]
    return np.concatenate([first_stage.logits(material.corrupted[chosen], *linear, child),
                           network.logits(net, tuple(t[chosen] for t in forms.corrupted), child)], 1)
