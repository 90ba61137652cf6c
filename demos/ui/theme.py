"""The look: system fonts, two voices of colour (creator vermilion, critic indigo), quiet ground, light and dark."""

from pathlib import Path

import gradio as gr

DEMOS = Path(__file__).resolve().parent.parent
TABS = ("compare", "lessons", "live", "custom", "translate", "zoo")  # that have a style of their own
STYLES = ("ui/base.css", *(f"tabs/{tab}/tab.css" for tab in TABS))

SANS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "PingFang TC",
    "Microsoft JhengHei",
    "Noto Sans TC",
    "Noto Sans CJK TC",
    "sans-serif",
)
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")

INK = gr.themes.Color(
    c50="#f5f6f8", c100="#eceef2", c200="#dde0e7", c300="#c3c8d3", c400="#8f96a6", c500="#6b7283",
    c600="#515868", c700="#3a404e", c800="#252a35", c900="#191d26", c950="#11141b",
)  # fmt: skip
SEAL = gr.themes.Color(
    c50="#fdf3ef", c100="#fae3da", c200="#f5c5b4", c300="#ee9f85", c400="#e4764f", c500="#cf4f26",
    c600="#b23f1a", c700="#913316", c800="#732b16", c900="#5c2614", c950="#321109",
)  # fmt: skip


def theme() -> gr.themes.Base:
    return gr.themes.Base(
        primary_hue=SEAL,
        secondary_hue=INK,
        neutral_hue=INK,
        font=SANS,
        font_mono=MONO,
        radius_size=gr.themes.sizes.radius_md,
        spacing_size=gr.themes.sizes.spacing_md,
        text_size=gr.themes.sizes.text_md,
    ).set(
        body_background_fill="#f7f8fa",
        body_background_fill_dark="#12151c",
        body_text_color="#191d26",
        body_text_color_dark="#e6e9f0",
        body_text_color_subdued="#515868",  # gradio's own greys are too faint
        body_text_color_subdued_dark="#a3aabb",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_padding="0px",
        block_title_text_weight="500",
        block_title_text_color="#515868",
        block_title_text_color_dark="#a3aabb",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1b2029",
        input_border_color="#c3c8d3",
        input_border_color_dark="#3a404e",
        button_primary_background_fill="#b23f1a",
        button_primary_background_fill_hover="#913316",
        button_primary_background_fill_dark="#b23f1a",
        button_primary_background_fill_hover_dark="#cf4f26",
        button_primary_text_color="#ffffff",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="#eceef2",
        button_secondary_background_fill_dark="#1b2029",
        button_secondary_background_fill_hover_dark="#252a35",
        button_secondary_border_color="#c3c8d3",
        button_secondary_border_color_dark="#3a404e",
        button_secondary_text_color="#191d26",
        button_secondary_text_color_dark="#e6e9f0",
        button_border_width="1px",
        button_large_text_size="15px",
        button_large_text_weight="400",  # as our own; what is primary is bolder (base.css)
        slider_color="#b23f1a",
        slider_color_dark="#e4764f",
    )


def css() -> str:
    return "\n".join((DEMOS / name).read_text(encoding="utf-8") for name in STYLES)
