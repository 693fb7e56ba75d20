"""The check of docs/promises.md finds what is gone."""

import unittest

import promises

#: One of each kind: a file, and a test that it has.
TESTS = {
    "core/src/sid.rs": "a_streamer_has_one_spelling",
    "bindings-python/tests/test_wire.py": "test_no_cookie_is_sent_back",
    "tests/c/smoke.c": "offline",
    "tests/cpp/smoke.cpp": "versions",
    "bindings-node/test/playback.test.mjs": '"offline no request leaves the machine"',
    "tests/vectors/source_answers.json": '"a shorter ttl"',
}


def page(*tests, link="../README.md"):
    listed = ", ".join(f"`{test}`" for test in tests)
    head = "| promise | where | tests |\n|---|---|---|\n"
    return f"{head}| It holds. | [README]({link}) | {listed} |\n"


def faults(*tests, **options):
    return list(promises.faults(page(*tests, **options)))


class Check(unittest.TestCase):
    def test_tests_that_are_there_are_no_faults(self):
        self.assertEqual(faults(*(f"{file}::{test}" for file, test in TESTS.items())), [])

    def test_a_test_that_is_gone_is_a_fault(self):
        for file, test in TESTS.items():
            gone = f'{test[:-1]}, once"' if test.startswith('"') else f"{test}_once"
            self.assertEqual(len(faults(f"{file}::{gone}")), 1, file)
            name = test.strip('"')
            self.assertFalse(promises.has(promises.ROOT / file, name[1:]), "a part of a name")

    def test_a_file_that_is_gone_is_a_fault(self):
        self.assertEqual(len(faults("core/src/gone.rs::a_streamer_has_one_spelling")), 1)

    def test_a_promise_without_a_test_is_a_fault(self):
        self.assertEqual(len(faults()), 1)
        self.assertEqual(len(faults("somewhere")), 1)

    def test_a_link_to_what_is_gone_is_a_fault(self):
        held = "tests/c/smoke.c::offline"
        self.assertEqual(faults(held, link="../README.md#the-cache"), [])
        self.assertEqual(len(faults(held, link="../GONE.md")), 1)
        self.assertEqual(len(faults(held, link="../README.md#gone")), 1)

    def test_what_stands_below_needs_no_test(self):
        below = f"{promises.WITHOUT}\n\n| promise | why |\n|---|---|\n| It holds. | None. |\n"
        self.assertEqual(list(promises.faults(page("tests/c/smoke.c::offline") + below)), [])


if __name__ == "__main__":
    unittest.main()
