# SPDX-License-Identifier: Apache-2.0
"""Rounds of values -> one Markdown table: medians, ratios within a round, targets."""
import statistics

# metric, how it is judged, and the target of Todoku. ratio: to direct in the same round;
# postfix: to Postfix in the same round; added: minus direct in the same round; plain: the value itself. '<' or '>' says which side is good.
ROWS = [
    ('new x1 per second', 'ratio', None, None),
    ('new x20 per second', 'ratio', '>', 0.35),
    ('new x200 per second', 'ratio', None, None),
    ('keep x1 per second', 'ratio', None, None),
    ('keep x20 per second', 'ratio', '>', 0.50),
    ('keep x200 per second', 'ratio', '>', 0.80),
    ('new x1 CPU ms', 'plain', None, None),
    ('new x20 CPU ms', 'plain', '<', 0.15),
    ('new x200 CPU ms', 'plain', '<', 0.15),
    ('keep x1 CPU ms', 'plain', None, None),
    ('keep x20 CPU ms', 'plain', '<', 0.08),
    ('keep x200 CPU ms', 'plain', '<', 0.08),
    ('new x1 p50 ms', 'added', '<', 0.30),
    ('keep x1 p50 ms', 'added', '<', 0.30),
    ('WAN first CHUNKING ms', 'ratio', '<', 0.80),
    ('WAN later CHUNKING ms', 'ratio', '<', 0.10),
    ('WAN first no CHUNKING ms', 'ratio', '<', 0.80),
    ('WAN later no CHUNKING ms', 'ratio', '<', 0.18),
    ('25 MB x1 MB/s', 'ratio', '>', 0.20),
    ('25 MB x20 MB/s', 'ratio', '>', 0.25),
    ('25 MB x1 RSS peak MB', 'plain', None, None),
    ('25 MB x20 RSS peak MB', 'plain', '<', 24),
    ('start ms', 'plain', '<', 50),
    ('idle RSS MB', 'plain', '<', 12),
    ('PSS KB per session', 'plain', '<', 8),
    ('sessions held', 'plain', '>', 1000),
    ('sessions accepted ms', 'plain', '<', 500),
    ('down new x1 per second', 'postfix', '>', 1),
    ('down new x20 per second', 'postfix', '>', 5),
    ('down new x100 per second', 'postfix', '>', 5),
    ('down keep x20 per second', 'postfix', None, None),
    ('backlog stop ms', 'plain', '<', 10_000),
    ('backlog start ms', 'plain', None, None),
    ('backlog list ms', 'plain', None, None),
    ('backlog sent per second', 'plain', None, None),
    ('round plain ms', 'plain', None, None),
    ('round refused ms', 'plain', None, None),
    ('round next ms', 'plain', None, None),
    ('round extra flights', 'plain', '<', 1.0),
    ('backlog RSS peak MB', 'plain', None, None),
]


def judged(results, subject, metric, how):
    """The median of what the target speaks of, or None where it was not measured."""
    own = results.get(subject, {}).get(metric, {})
    if how == 'plain':
        values = list(own.values())
    else:
        base = results.get('postfix' if how == 'postfix' else 'direct', {}).get(metric, {})
        rounds = [r for r in own if base.get(r)]
        values = [own[r] - base[r] if how == 'added' else own[r] / base[r] for r in rounds]
    return statistics.median(values) if values else None


def number(value):
    if value is None:
        return '–'
    return f'{value:,.0f}' if abs(value) >= 100 else f'{value:.3g}'


def cell(results, subject, metric, how):
    values = list(results.get(subject, {}).get(metric, {}).values())
    if not values:
        return '–'
    text = number(statistics.median(values))
    if subject == 'direct' or how in ('plain', subject):
        return text
    value = judged(results, subject, metric, how)
    if value is None:
        return text
    return f'{text} ({value:+.3f})' if how == 'added' else f'{text} ({value:.3f})'


def verdict(results, metric, how, side, target):
    if side is None:
        return '', ''
    value = judged(results, 'todoku', metric, how)
    text = f'{"≤" if side == "<" else "≥"} {target:g}'
    if value is None:
        return text, '–'
    return text, 'yes' if (value <= target if side == '<' else value >= target) else '**no**'


def markdown(results, subjects):
    lines = ['| what | ' + ' | '.join(subjects) + ' | target | met |',
             '|---|' + '---:|' * len(subjects) + '---:|---|']
    for metric, how, side, target in ROWS:
        if not any(results.get(subject, {}).get(metric) for subject in subjects):
            continue
        cells = [cell(results, subject, metric, how) for subject in subjects]
        lines.append(f'| {metric} | ' + ' | '.join(cells) +
                     ' | {} | {} |'.format(*verdict(results, metric, how, side, target)))
    return '\n'.join(lines)
