"""Runs cmake/download_model.cmake against an HTTP server on this machine: download_test.py CMAKE SCRIPT"""
import hashlib
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import unittest

CMAKE, SCRIPT = sys.argv[1:3]
PATH = "/distilbert/distilbert-base-uncased-finetuned-sst-2-english/resolve/714eb0fa89d2f80546fda750413ed43d93601a13/"
CONTENT = {"config.json": b"{}", "model.safetensors": bytes(range(256)) * 400}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, name = self.server, self.path.removeprefix(PATH)
        server.requests.append((name, self.headers.get("Range")))
        body = server.content.get(name)
        if body is None:
            return self.send_error(404)
        begin = int(self.headers["Range"].removeprefix("bytes=").split("-")[0]) if server.ranges and "Range" in self.headers else 0
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        self.wfile.write(body[begin:])

    def log_message(self, *_):
        pass


class Download(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.content, self.server.ranges, self.server.requests = dict(CONTENT), True, []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.directory = tempfile.TemporaryDirectory()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)

    def run_script(self):
        files = ";".join(f"{n};{len(c)};{hashlib.sha256(c).hexdigest()}" for n, c in CONTENT.items())
        done = subprocess.run([CMAKE, f"-Ddirectory={self.directory.name}", f"-Dbase_url={self.url}", f"-Dtest_files={files}",
                               "-P", SCRIPT], capture_output=True, text=True)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    def assert_complete(self):
        self.assertEqual(sorted(os.listdir(self.directory.name)), sorted(CONTENT))
        for name, content in CONTENT.items():
            self.assertEqual(self.read(name), content)

    def test_everything_is_downloaded_and_nothing_is_left_beside_it(self):
        code, said = self.run_script()
        self.assertEqual(code, 0, said)
        self.assert_complete()

    def test_what_is_there_and_right_is_not_fetched_again(self):
        self.run_script()
        self.server.requests.clear()
        self.assertEqual(self.run_script()[0], 0)
        self.assertEqual(self.server.requests, [])

    def test_a_download_that_was_cut_short_goes_on_where_it_ended(self):
        self.write("model.safetensors.part", CONTENT["model.safetensors"][:1000])
        code, said = self.run_script()
        self.assertEqual(code, 0, said)
        self.assertIn(("model.safetensors", "bytes=1000-"), self.server.requests)
        self.assert_complete()

    def test_a_server_without_ranges_sends_all_and_that_is_right_too(self):
        self.server.ranges = False
        self.write("model.safetensors.part", CONTENT["model.safetensors"][:1000])
        code, said = self.run_script()
        self.assertEqual(code, 0, said)
        self.assert_complete()

    def test_a_wrong_beginning_is_thrown_away_and_fetched_anew(self):
        self.write("model.safetensors.part", b"x" * 1000)
        code, said = self.run_script()
        self.assertEqual(code, 0, said)
        self.assert_complete()

    def test_a_wrong_file_under_the_final_name_is_replaced(self):
        self.write("config.json", b"[]")
        self.assertEqual(self.run_script()[0], 0)
        self.assert_complete()

    def test_wrong_content_is_refused_with_both_hashes_and_never_named(self):
        self.server.content["config.json"] = b"[]"
        code, said = self.run_script()
        self.assertNotEqual(code, 0)
        self.assertIn("expected SHA-256 " + hashlib.sha256(b"{}").hexdigest(), said)
        self.assertIn(hashlib.sha256(b"[]").hexdigest(), said)
        self.assertNotIn("config.json", os.listdir(self.directory.name))

    def test_a_wrong_size_is_refused_with_both_sizes(self):
        self.server.content["config.json"] = b"{} "
        code, said = self.run_script()
        self.assertNotEqual(code, 0)
        self.assertIn("expected 2 bytes, found 3", said)

    def test_an_absent_file_is_named_with_its_address(self):
        del self.server.content["config.json"]
        code, said = self.run_script()
        self.assertNotEqual(code, 0)
        self.assertIn("config.json could not be downloaded from " + self.url, said)
        self.assertIn("404", said)
        self.assertEqual(os.listdir(self.directory.name), [])

    def test_no_server_at_all_says_so(self):
        self.url = "http://127.0.0.1:9"
        code, said = self.run_script()
        self.assertNotEqual(code, 0)
        self.assertIn("config.json could not be downloaded", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
