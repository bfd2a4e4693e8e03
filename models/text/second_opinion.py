"""The second opinion: one network from the syllables of a talk to its risk.

The network that reads a message (network.py) has learnt from the labels of messages. Here it goes on learning together
with a recurrent unit of its own, from the labels of messages and of talks at once: the unit sees what the network has
understood of a message, not only its scores. The same as network.rs, unit.rs and second_stage.rs in rust-core/src/text.
"""
import learning  # noqa: I001  (says how many threads jax has, before it is loaded)
import jax
import jax.numpy as jnp
import numpy as np
from joblib import Parallel, delayed

import network
import second_stage
from first_stage import HEADS
from second_stage import CONTEXT, TURNS

INPUTS = network.HIDDEN + HEADS + CONTEXT
PROJECTION, CELLS = 32, 48
EPOCHS = 8
RATE = 2e-3
# Of the joined and broken talks, this share an epoch: each stands in there a second time as it was written.
MADE_SHARE = 1 / 3
# Messages of a batch, in places for short ones and for long ones: most are short, and little is computed for nothing.
MESSAGES = 1024
SHORT, LONG = (704, 10), (384, network.MAX_TOKENS)
PLACES = SHORT[0] + LONG[0]
# Batches hold talks of about one length.
LENGTHS = (8, 12, 16, 24, 32, 48, TURNS)


class Courses:
    """Talks as the unit needs them beside their messages' tokens."""

    def __init__(self, material, forms, signals, talks):
        self.talks = talks
        self.length = np.array([min(TURNS, len(t.rows)) for t in talks])
        self.made = np.array([t.joined or t.broken for t in talks])
        self.risky = np.array([t.risky for t in talks], np.float32)
        self.y, self.weight = second_stage.targets(talks)
        # Messages that need a long place.
        self.long = np.array([(forms.length[t.rows[:TURNS]] > SHORT[1]).sum() for t in talks])
        self.context = [second_stage.context(material.child[t.rows], t.minutes, signals[t.rows], t.trust)[:TURNS]
                        for t in talks]

    def of(self, rows):
        """Which talks are made of the chosen rows."""
        return np.nonzero([rows[t.rows[0]] for t in self.talks])[0]


def initial(seed, message_network):
    return message_network | second_stage.initial(seed + 7, INPUTS, PROJECTION, CELLS)


def forward(p, short, long, place, context, key=None):
    """Logits of the messages' heads, a row for each place, and the logit of the risk at every turn."""
    keys = [None] * 3 if key is None else jax.random.split(key, 3)
    read = [network.encode(p, *block, k) for block, k in zip((short, long), keys)]
    none = jnp.zeros((1, network.HIDDEN)), jnp.zeros((1, HEADS))
    hidden, logits = (jnp.concatenate([a, b, c]) for a, b, c in zip(*read, none))
    x = jnp.concatenate([hidden[place], jnp.tanh(logits[place] / 3), context], -1)
    return logits[:-1], second_stage.forward(p, x, keys[2])


def loss(p, given, wanted, key):
    logits, risk = forward(p, *given, key)
    y, weight, talk_y, talk_weight, risky, real = wanted
    messages = (learning.cross_entropy(logits, y) * weight).sum() / MESSAGES
    # The mean over a batch: a talk of 64 turns weighs as much as eight of 8, for every turn is a chance to be wrong. A
    # batch that is not full weighs as much less, and single messages have no course.
    turns = (learning.cross_entropy(risk, talk_y) * talk_weight).sum() / jnp.maximum(talk_weight.sum(), 1e-3)
    talks = (learning.cross_entropy(second_stage.highest(risk, talk_weight), risky) * real).sum()
    course = turns + second_stage.WHOLE_TALK * talks / jnp.maximum(real.sum(), 1)
    return messages + real.mean() * course + network.penalty(p) + second_stage.penalty(p)


@jax.jit
def improve(p, m, v, given, wanted, key, t, rate):
    return learning.adam(p, m, v, jax.grad(loss)(p, given, wanted, key), t, rate)


read_talks = jax.jit(lambda p, given: forward(p, *given)[1])


def assemble(forms, courses, ids, turns, talks, form, unknown):
    """Arrays of one batch: of talks, or of single messages where a talk has one turn. The trust of those `unknown` is
    hidden."""
    rows = np.asarray(ids) if turns == 1 else np.concatenate([courses.talks[i].rows[:TURNS] for i in ids])
    full, bare = forms.shown[form]
    order = np.argsort(-forms.length[rows], kind="stable")
    long = max(int((forms.length[rows] > SHORT[1]).sum()), len(rows) - SHORT[0])
    assert long <= LONG[0], "messages would be cut short"
    place_of = np.zeros(len(rows), int)
    place_of[order[long:]] = np.arange(len(rows) - long)
    place_of[order[:long]] = SHORT[0] + np.arange(long)
    blocks = []
    for chosen, (places, tokens) in ((order[long:], SHORT), (order[:long], LONG)):
        block = (np.full((places, tokens), 1 << network.FULL_BITS, np.int32),
                 np.full((places, tokens), 1 << network.BARE_BITS, np.int32), np.zeros(places, np.float32))
        for out, of_rows in zip(block, (full[:, :tokens], bare[:, :tokens], forms.child)):
            out[:len(chosen)] = of_rows[rows[chosen]]
        blocks.append(block)
    y, weight = np.zeros((PLACES, HEADS), np.float32), np.zeros((PLACES, HEADS), np.float32)
    y[place_of], weight[place_of] = forms.y[rows], forms.weight[rows]
    place = np.full((talks, turns), PLACES, np.int32)
    context = np.zeros((talks, turns, CONTEXT), np.float32)
    talk_y, talk_weight = np.zeros((talks, turns), np.float32), np.zeros((talks, turns), np.float32)
    risky, real = np.zeros(talks, np.float32), np.zeros(talks, np.float32)
    if turns > 1:
        at = 0
        for b, i in enumerate(ids):
            n = courses.length[i]
            place[b, :n], context[b, :n] = place_of[at:at + n], courses.context[i]
            talk_y[b, :n], talk_weight[b, :n] = courses.y[i, :n], courses.weight[i, :n]
            risky[b], real[b] = courses.risky[i], 1
            at += n
        context[unknown] = second_stage.without_trust(context[unknown])
    return (*blocks, place, context), (y, weight, talk_y, talk_weight, risky, real)


def batches_of(courses, chosen, order):
    """(talks, most turns, room for talks) of batches of one length class each, whose messages have places."""
    out, shortest = [], 0
    for longest in LENGTHS:
        of_class = chosen[(courses.length[chosen] > shortest) & (courses.length[chosen] <= longest)]
        room, batch, long = MESSAGES // longest, [], 0
        for i in of_class[order(len(of_class))]:
            if len(batch) == room or long + courses.long[i] > LONG[0]:
                out.append((batch, longest, room))
                batch, long = [], 0
            batch.append(i)
            long += courses.long[i]
        out += [(batch, longest, room)] if batch else []
        shortest = longest
    return out


def batches(courses, chosen, singles, r):
    out = batches_of(courses, chosen, r.permutation)
    # Nearly all single messages need a long place.
    singles = singles[r.permutation(len(singles))]
    out += [(singles[at:at + LONG[0]], 1, 1) for at in range(0, len(singles), LONG[0])]
    return [out[i] for i in r.permutation(len(out))]


def fit(forms, courses, rows, seed=0):
    """The network and the unit, from the chosen rows and the talks made of them."""
    p = initial(seed, network.learn(forms, rows, seed))
    r = np.random.RandomState(seed)
    m, v = learning.nothing_like(p), learning.nothing_like(p)
    talks, singles = courses.of(rows), np.nonzero(rows & forms.single)[0]
    written, made = talks[~courses.made[talks]], talks[courses.made[talks]]

    def epoch(r):
        some = made[r.permutation(len(made))[:round(len(made) * MADE_SHARE)]]
        return batches(courses, np.concatenate([written, some]), singles, r)
    step, steps = 0, EPOCHS * len(epoch(np.random.RandomState(0)))
    for _ in range(EPOCHS):
        for ids, turns, room in epoch(r):
            step += 1
            form, hidden = r.choice(len(forms.shown), p=network.odds(forms)), r.rand(room) < second_stage.HIDE_TRUST
            given, wanted = assemble(forms, courses, ids, turns, room, form, hidden)
            p, m, v = improve(p, m, v, given, wanted, jax.random.PRNGKey(seed * 1_000_003 + step), step,
                              learning.falling(RATE, step, steps))
    return network.quantised(p), second_stage.rounded(p)


def predict(net, unit, forms, courses, chosen):
    """The logit of the risk per turn of each chosen talk, as typed and of unknown people, by what is shipped."""
    p = {**network.floats(net), **unit}
    out = {}
    for ids, turns, room in batches_of(courses, chosen, np.arange):
        given, _ = assemble(forms, courses, ids, turns, room, 0, np.full(room, True))
        for i, logit in zip(ids, np.asarray(read_talks(p, given))):
            out[i] = logit[:courses.length[i]]
    return [out[i] for i in chosen]


def _fit_without(forms, courses, held):
    """A model that saw none of the held rows, and what it says of them: logits of rows and of corrupted forms, and the
    risk of talks."""
    model = net, unit = fit(forms, courses, ~held)
    if not held.any():
        return model, None
    corrupted = held[forms.source]
    sides = forms.child[forms.source[corrupted]]
    return model, (network.logits(net, tuple(t[held] for t in forms.plain), forms.child[held]),
                   network.logits(net, tuple(t[corrupted] for t in forms.corrupted), sides),
                   predict(net, unit, forms, courses, courses.of(held)))


def cross_fit(forms, courses, folds, jobs, kept):
    """The model of all rows; and the logits of every row and corrupted form and the risk per turn of every talk, by a
    model that saw none of its group."""
    groups = [np.zeros(len(folds), bool)] + [folds == fold for fold in np.unique(folds)]
    fit_or_find = kept.cache(_fit_without)
    (model, _), *answers = Parallel(n_jobs=jobs)(delayed(fit_or_find)(forms, courses, held) for held in groups)
    plain = np.zeros((len(forms.child), HEADS), np.float32)
    corrupted = np.zeros((len(forms.source), HEADS), np.float32)
    risk = [None] * len(courses.talks)
    for held, (_, (of_rows, of_corrupted, of_talks)) in zip(groups[1:], answers):
        plain[held], corrupted[held[forms.source]] = of_rows, of_corrupted
        for i, logit in zip(courses.of(held), of_talks):
            risk[i] = logit
    return model, (plain, corrupted, risk)
