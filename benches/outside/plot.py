"""The growth plot as SVG, without a library: both axes are logarithmic, so that growth is a
slope."""

import math

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 190, 46, 52
COLOURS = ("#4e79a7", "#b07aa1", "#59a14f", "#e15759", "#d98c21")
LABEL_GAP = 17


def svg(sizes, series):
    values = [value for line in series.values() for value in line]
    low = math.floor(math.log10(min(values)))
    high = math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(apps):
        return LEFT + (math.log10(apps) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BOTTOM - (math.log10(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        "<title>What more apps cost</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="15" font-weight="600" fill="#222222">'
        "What more apps cost</text>",
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        out.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#e3e3e3"/>')
        label = f"{10**power:g}"
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#666666">{label}</text>')
    for apps in sizes:
        at = x(apps)
        out.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#f0f0f0"/>')
        out.append(
            f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#666666">{apps:,}</text>'
        )
    out.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 12}" text-anchor="middle" '
        'fill="#666666">apps in the workspace</text>'
    )
    ends = []
    for colour, (name, line) in zip(COLOURS, series.items()):
        points = [(x(apps), y(value)) for apps, value in zip(sizes, line)]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        out += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{colour}"/>' for px, py in points]
        ends.append([points[-1][1], f"{name}: {line[-1]:.3g}", colour])
    ends.sort()
    for above, below in zip(ends, ends[1:]):
        below[0] = max(below[0], above[0] + LABEL_GAP)
    for at, label, colour in ends:
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{at + 4:.1f}" fill="{colour}">{label}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"
