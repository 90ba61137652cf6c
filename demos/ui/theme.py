"""The look: system fonts, two voices of colour (creator vermilion, critic indigo), quiet ground, light and dark."""

from pathlib import Path

import gradio as gr

SANS = ("system-ui", "Segoe UI", "PingFang TC", "Microsoft JhengHei", "Noto Sans TC", "Noto Sans CJK TC", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")

INK = gr.themes.Color(
    c50="#f5f6f8", c100="#eceef2", c200="#dde0e7", c300="#c3c8d3", c400="#8f96a6", c500="#6b7283",
    c600="#515868", c700="#3a404e", c800="#252a35", c900="#191d26", c950="#11141b",
)  # fmt: skip
SEAL = gr.themes.Color(
    c50="#fdf3ef", c100="#fae3da", c200="#f5c5b4", c300="#ee9f85", c400="#e4764f", c500="#cf4f26",
    c600="#b23f1a", c700="#913316", c800="#732b16", c900="#5c2614", c950="#321109",
)  # fmt: skip


# Settings of gradio's theme; the variables are those of base.css, which know light and dark.
BOTH = {
    "body_background_fill": "var(--ground)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--soft)",  # gradio's own greys are too faint
    "border_color_primary": "var(--line)",
    "block_background_fill": "var(--ground)",  # a picture that fills the screen hides the page
    "block_border_width": "0px",
    "block_label_background_fill": "var(--paper)",
    "block_title_text_color": "var(--soft)",
    "input_background_fill": "var(--paper)",
    "input_border_color": "var(--edge)",
    "checkbox_label_background_fill": "var(--paper)",
    "checkbox_label_background_fill_hover": "var(--rail)",
    "checkbox_label_background_fill_selected": "var(--ink)",
    "checkbox_label_border_color": "var(--edge)",
    "checkbox_label_border_color_selected": "var(--ink)",
    "checkbox_label_border_width": "1px",
    "checkbox_label_text_color": "var(--soft)",
    "checkbox_label_text_color_selected": "var(--ground)",
    "button_primary_background_fill": "#b23f1a",
    "button_primary_background_fill_hover": "#913316",
    "button_primary_text_color": "#ffffff",
    "button_secondary_background_fill": "var(--paper)",
    "button_secondary_background_fill_hover": "var(--rail)",
    "button_secondary_border_color": "var(--edge)",
    "button_secondary_text_color": "var(--ink)",
    "slider_color": "#b23f1a",
}


def theme() -> gr.themes.Base:
    look = gr.themes.Base(
        primary_hue=SEAL,
        secondary_hue=INK,
        neutral_hue=INK,
        font=SANS,
        font_mono=MONO,
    )
    return look.set(
        input_border_width="1px",
        block_padding="0px",
        block_title_text_weight="500",
        button_border_width="1px",
        button_large_text_size="15px",
        button_large_text_weight="400",
        checkbox_label_gap="6px",
        checkbox_label_padding="8px 13px",
        **BOTH,
        **{f"{key}_dark": value for key, value in BOTH.items()},
    )


def css() -> str:
    return (Path(__file__).parent / "base.css").read_text(encoding="utf-8")
