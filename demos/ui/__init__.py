"""What the tabs share: words, theme, small parts of HTML, components."""
