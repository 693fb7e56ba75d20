"""What counts as a leak, on what was recorded of programs that leak and of such that do not."""

import json
import unittest
from pathlib import Path

from growth import allowed, growth

RECORDED = json.loads(Path(__file__).with_name("series.json").read_text(encoding="utf-8"))
LEAKS = {name for name in RECORDED if "which keeps" in name}


def leaks(series):
    return growth(series) > allowed(series)


class Growth(unittest.TestCase):
    def test_recorded_leaks_are_found_and_nothing_else(self):
        self.assertEqual(len(LEAKS), 2)
        self.assertEqual({name for name in RECORDED if leaks(RECORDED[name])}, LEAKS)

    def test_a_heap_that_settles_late_is_no_leak(self):
        """From 68 to 72 MiB in the first half of forty seconds, and no more."""
        warming = [(second, 68 * 1024 + min(second, 20) * 205) for second in range(40)]
        self.assertFalse(leaks(warming))

    def test_a_slow_leak_is_found_by_a_long_run(self):
        """64 KiB a second are lost in the noise of some seconds, and not in that of two minutes."""
        for seconds, found in ((20, False), (120, True)):
            series = [(second, 40 * 1024 + 64 * second) for second in range(seconds)]
            self.assertEqual(leaks(series), found, seconds)

    def test_a_leak_is_found_although_a_collector_frees_memory_now_and_then(self):
        series = [(s, 40 * 1024 + 100 * s - (3000 if s % 7 == 0 else 0)) for s in range(120)]
        self.assertTrue(leaks(series))

    def test_a_jump_that_stays_is_no_leak(self):
        series = [(second, 40 * 1024 + (4000 if second > 60 else 0)) for second in range(120)]
        self.assertFalse(leaks(series))

    def test_too_few_looks_say_nothing(self):
        with self.assertRaisesRegex(AssertionError, "3 looks at memory are too few"):
            growth([(second, 40 * 1024) for second in range(0, 130, 20)])


if __name__ == "__main__":
    unittest.main()
