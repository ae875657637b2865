# SPDX-License-Identifier: Apache-2.0
"""A web page with a form, as a browser without JavaScript has it.

    page = Page.get(url, Accept_Language="en")
    page.status, page.headers, page.text, page.title, page.fields     # what is in the form before anybody fills it in
    after = page.send(score="5", solved="yes", comment="fine")        # only what the form has can be chosen
"""
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser


def fetch(url, body=None, timeout_s=20, method=None, **headers):
    """(status, headers, bytes) whatever the status; header names are written with underscores."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data=body, headers=said, method=method), timeout=timeout_s) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class Page(HTMLParser):
    def __init__(self, url, status, headers, body):
        super().__init__()
        self.url, self.status, self.headers, self.html = url, status, headers, body.decode()
        self.language = self.form = self.title = None
        self.fields = {}   # name: value sent now
        self.choices = {}  # name: values of its radio buttons
        self.required = set()
        self.tags, self.texts, self.links = [], [], []
        self._open = self._area = None
        self.feed(self.html)
        self.text = " ".join(" ".join(self.texts).split())

    @classmethod
    def get(cls, url, **headers):
        return cls(url, *fetch(url, **headers))

    def send(self, **filled):
        """What pressing the button does. A browser would not even send a form that lacks what is required."""
        values = {**self.fields, **filled}
        missing = [name for name in self.required if not values.get(name)]
        assert not missing, f"a browser asks for {missing} first"
        for name, value in filled.items():
            assert name in self.fields or value in self.choices[name], f"the form has no {name}={value}"
        return self.post(urllib.parse.urlencode(values).encode())

    def post(self, body, content_type="application/x-www-form-urlencoded"):
        """Bytes as they are, to where the form goes."""
        url = urllib.parse.urljoin(self.url, (self.form or {}).get("action") or self.url)
        return Page(url, *fetch(url, body, Content_Type=content_type))

    # HTMLParser calls these.

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self._open = tag
        if tag == "html":
            self.language = attrs.get("lang")
        elif tag == "form":
            self.form = attrs
        elif tag == "a":
            self.links.append(urllib.parse.urljoin(self.url, attrs["href"] or self.url))
        elif tag == "textarea":
            self._area = attrs["name"]
            self.fields[self._area] = ""
        elif tag == "input":
            name, value = attrs["name"], attrs.get("value", "")
            if attrs.get("type") == "radio":
                self.choices.setdefault(name, []).append(value)
            if attrs.get("type") != "radio" or "checked" in attrs:
                self.fields[name] = value
            if "required" in attrs:
                self.required.add(name)

    def handle_endtag(self, tag):
        self._open = None
        if tag == "textarea":
            # As browsers do: the first line break after the tag does not count.
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = None

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] += data
        elif self._open == "title":
            self.title = data
        elif self._open != "style":
            self.texts.append(data)
