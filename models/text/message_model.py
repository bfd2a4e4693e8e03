"""The message model: linear heads and a network, each within its bound.

Scores of a row are 2 x HEADS logits, those of the linear heads first. The second stage reads both; what a message
carries by itself is decided on their mean in fixed shares.
"""
import numpy as np

import first_stage
import network
import second_opinion
from first_stage import HEADS

# Share of the network in the mean. Between .3 and .5 nothing changes on held-out single messages.
SHARE = 0.4


def mean(scores):
    return (1 - SHARE) * scores[:, :HEADS] + SHARE * scores[:, HEADS:]


def fit(material, forms, courses, chosen, jobs=2):
    """The linear heads, and the network with the unit of the second opinion."""
    return first_stage.fit(material, chosen, jobs), second_opinion.fit(forms, courses, chosen)


def cross_fit(material, forms, courses, folds, jobs, kept):
    """The model of all rows; and scores of every row and of every corrupted form, and the second opinion on every talk,
    by a model that saw no row of its group. What is `kept` (a joblib.Memory) is not learnt again."""
    heads, linear = first_stage.cross_fit(material, folds, jobs, kept)
    print("linear heads: done", flush=True)
    second, (*net, opinion) = second_opinion.cross_fit(forms, courses, folds, jobs, kept)
    return (heads, second), (*(np.concatenate(both, 1) for both in zip(linear, net)), opinion)


def scores_of_rows(material, forms, model, chosen):
    linear, (net, _) = model
    return np.concatenate([first_stage.logits(material.plain[chosen], *linear, material.child[chosen]),
                           network.logits(net, tuple(t[chosen] for t in forms.plain), forms.child[chosen])], 1)


def scores_of_corrupted(material, forms, model, chosen):
    linear, (net, _) = model
    source = material.source[chosen]
    return np.concatenate([first_stage.logits(material.corrupted[chosen], *linear, material.child[source]),
                           network.logits(net, tuple(t[chosen] for t in forms.corrupted), forms.child[source])], 1)
