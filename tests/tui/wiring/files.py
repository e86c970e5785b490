"""The clients' own files as the tests write them."""

from pathlib import Path

from tokenman_tui.wiring.client import Gateway

HERE = Gateway("http://127.0.0.1:7677", anthropic_upstream=True)
OTHER_PORT = Gateway("http://127.0.0.1:9999")
CLAUDE = '{\n\t"env": {"ANTHROPIC_BASE_URL": "https://gw.example.com", "X": "1"},\n\t"model": "opus"\n}'
CODEX = '# mine\nmodel = "gpt-5" # m\n\n[projects."/x"]\ntrust_level = "trusted"'
AIDER = "# mine\nmodel: opus\nset-env:\n  - A=1 # keep\n\n# end\n"
CONTINUE = """\
name: mine # c
models:
  - name: Opus
    provider: anthropic
    model: claude-opus
  - {name: GPT, provider: openai, apiBase: "https://api.openai.com/v1"}
  - name: Own
    provider: openai
    apiBase: https://llm.example.com/v1
  - name: Local
    provider: ollama
"""
OPENCODE = (
    '{\n  "$schema": "https://opencode.ai/config.json", // c\n  "provider": {"openai": {"options": {"timeout": 5}}},\n}'
)
FILES = {
    "claude-code": (".claude/settings.json", CLAUDE),
    "codex": (".codex/config.toml", CODEX),
    "aider": (".aider.conf.yml", AIDER),
    "continue": (".continue/config.yaml", CONTINUE),
    "opencode": (".config/opencode/opencode.json", OPENCODE),
}


def written(key: str, home: Path) -> Path:
    name, text = FILES[key]
    file = home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
