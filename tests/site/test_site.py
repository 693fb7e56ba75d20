"""What makes the site finds what is wrong, and changes what differs there."""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs/site"), str(ROOT / "tests/site"), str(ROOT / "tests/bench")]

import api_c  # noqa: E402
import api_cpp  # noqa: E402
import api_python  # noqa: E402
import examples  # noqa: E402
import links  # noqa: E402
import pages  # noqa: E402
import table  # noqa: E402


class Links(unittest.TestCase):
    def faults(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                (Path(folder) / f"{name}.html").write_text(text)
            return links.faults(Path(folder).resolve())

    def test_a_dead_link_and_a_dead_anchor_are_found(self):
        one = '<a href="two.html#there">a</a><a href="two.html#gone">b</a><a href="three.html">c</a><a href="#x">d</a>'
        found = self.faults(one=one, two='<h2 id="there">')
        self.assertEqual(len(found), 3, found)
        for part in ("two.html#gone: no such anchor", "three.html: no such file", "#x: no such anchor"):
            self.assertTrue(any(part in fault for fault in found), part)

    def test_what_is_loaded_from_elsewhere_is_found_and_a_link_there_is_not(self):
        loads = '<link rel="stylesheet" href="https://fonts.example.com/a.css">'
        found = self.faults(one=loads + '<a href="https://example.com/">a</a>')
        self.assertEqual(found, ["one.html: loads https://fonts.example.com/a.css"])


class Pages(unittest.TestCase):
    def test_code_is_left_as_it_is(self):
        text = "[a](b)\n```rust,no_run\n# hidden\n[a](b)\n```\n[a](b)\n"
        changed = pages.outside_code(text, lambda part: part.replace("(b)", "(c)"))
        self.assertEqual(changed, "[a](c)\n```rust\n[a](b)\n```\n[a](c)\n")

    def test_words_that_people_search_for_become_entries_of_the_index(self):
        self.assertEqual(pages.SEARCH.sub(pages.entries, "a\n<!-- search: LRU, cache size -->\nb"), "a\n```{index} ! LRU, ! cache size\n```\nb")

    def test_languages_become_tabs(self):
        text = "<!-- tabs:begin -->\n**Python**\n\none\n\n**C**\n\ntwo\n<!-- tabs:end -->"
        made = pages.TABS.sub(pages.tabs, text)
        self.assertIn(":::{tab-item} Python\n:sync: Python\n\none\n:::", made)
        self.assertIn(":::{tab-item} C\n:sync: C\n\ntwo\n:::", made)


class References(unittest.TestCase):
    def headings(self, page):
        return set(re.findall(r"^##+ (?:About )?(.+)$", page, re.MULTILINE))

    def test_every_function_of_c_has_its_place(self):
        symbols = (ROOT / "tests/c/symbols.txt").read_text().split()
        self.assertGreater(len(symbols), 100)
        self.assertEqual(set(symbols) - self.headings(api_c.page()), set())

    def test_every_class_and_function_of_python_has_its_place(self):
        classes = {name for name in api_python.public() if name[0].isupper() and not name.isupper()}
        aliases = {"AsyncGrantFetch", "AsyncGrantSource", "GrantFetch", "GrantSource", "Sourced"}
        found = self.headings(api_python.page())
        self.assertEqual(classes - aliases - found, set())
        self.assertIn("PlaybackMinter.token_async", found)

    def test_the_classes_of_cpp_have_theirs(self):
        found = self.headings(api_cpp.page())
        for name in ("errc", "api_key::from_env", "token_minter::mint", "playback_minter::token"):
            self.assertIn(name, found)


class Monitoring(unittest.TestCase):
    def test_the_dashboard_is_json_with_panels(self):
        panels = json.loads((ROOT / "docs/howto/grafana.json").read_text())["panels"]
        self.assertTrue(all(target["expr"] for panel in panels for target in panel["targets"]))


class Figures(unittest.TestCase):
    def test_the_pages_show_what_was_measured(self):
        measured = json.loads((ROOT / "docs/bench.json").read_text())
        for name, text in table.pages(ROOT, measured).items():
            self.assertEqual((ROOT / name).read_text(), text, f"{name}: python3 tests/bench/table.py --again .")

    def test_all_ratios_go_one_way(self):
        one = {"name": "ours / the floor", "unit": "×", "value": 2, "at_most": 4}
        self.assertEqual(table.as_fast(one), ("ours", "the floor", "0.50 ×", "≥ 0.25 ×"))
        one = {"name": "theirs / ours", "unit": "×", "value": 2, "at_least": 4}
        self.assertEqual(table.as_fast(one), ("ours", "theirs", "2.00 ×", "≥ 4.00 ×"))


class Examples(unittest.TestCase):
    def test_a_line_is_as_the_page_says_or_not(self):
        self.assertTrue(examples.matches(["eyJabc", "x 1 y"], ["eyJ…", "x … y"]))
        self.assertFalse(examples.matches(["abc"], ["eyJ…"]))
        self.assertFalse(examples.matches(["eyJ", "more"], ["eyJ…"]))

    def test_each_reader_sees_one_tab_and_all_that_is_outside(self):
        page = "a\n<!-- tabs:begin -->\n**C++**\n\none\n\n**C**\n\ntwo\n<!-- tabs:end -->\nb\n<!-- tabs:begin -->\n**C**\nthree\n<!-- tabs:end -->\n"
        seen = {name: text.split() for name, text in examples.readers_of(page).items()}
        self.assertEqual(seen, {"C++": ["a", "one", "b"], "C": ["a", "two", "b", "three"]})
        self.assertEqual(examples.readers_of("a page\n"), {"": "a page\n"})

    def test_a_session_is_read_command_by_command(self):
        steps = examples.steps_of("$ one \\\n  more\nsays\n$ two\n")
        self.assertEqual(steps, [("one \\\n  more", ["says"]), ("two", [])])


if __name__ == "__main__":
    unittest.main()
