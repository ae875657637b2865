# SPDX-License-Identifier: Apache-2.0
"""Policies of the demo: each service's own, with what deploy/local/policies/<service>/ says differently.

A file there holds only the keys that differ. Mappings are merged; anything else, a list too, is replaced whole.
"""
import shutil
from pathlib import Path

import yaml
from servers import ROOT, StackError

HERE = Path(__file__).resolve().parent / "policies"


def make(directory):
    """Writes the sets to directory/<service>; {service: its set} for those that differ."""
    made = {}
    for own in sorted(path for path in HERE.iterdir() if path.is_dir()):
        target = Path(directory) / own.name
        shutil.copytree(ROOT / "services" / own.name / "policies", target)
        for file in sorted(own.glob("*.yaml")):
            merge_file(target / file.name, file)
        made[own.name] = target
    return made


def merge_file(base, changes):
    """Scalars stay the texts they are, so that YAML's ideas of yes and 09:00 change nothing."""
    if not base.exists():
        raise StackError(f"{changes} changes {base.name}, which the service does not have")
    texts = [yaml.load(path.read_text(), yaml.BaseLoader) for path in (base, changes)]
    base.write_text(yaml.dump(merged(*texts, changes.name), default_style='"', allow_unicode=True, sort_keys=False, width=10000))


def merged(base, changes, where):
    result = dict(base)
    for key, value in changes.items():
        if key not in base:
            raise StackError(f"deploy/local/policies: {where}: {key}: the service's own file has no such key")
        both = isinstance(value, dict) and isinstance(base[key], dict)
        result[key] = merged(base[key], value, f"{where}: {key}") if both else value
    return result
