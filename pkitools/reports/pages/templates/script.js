
"use strict";
// A page is whole without this: it shows the filter, opens what a link leads to and what is to be printed, takes files
// wherever they are dropped, and no more.
(function () {
  document.querySelectorAll("form[data-filter]").forEach(function (form) {
    var list = document.getElementById(form.dataset.filter);
    var text = form.querySelector("input[type=search]");
    var kind = form.querySelector("select");
    var told = form.querySelector("output");
    var items = Array.from(list.querySelectorAll("[data-text]"));
    function apply() {
      var wanted = text.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
      var count = 0;
      items.forEach(function (item) {
        var has = item.dataset.text.toLocaleLowerCase();
        var shown = wanted.every(function (word) { return has.includes(word); });
        shown = shown && (!kind || !kind.value || item.dataset.kind === kind.value);
        item.hidden = !shown;
        count += shown ? 1 : 0;
      });
      told.textContent = form.dataset.told.replace("{shown}", count).replace("{total}", items.length);
    }
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("input", apply);
    form.addEventListener("reset", function () { setTimeout(apply); });
    apply();
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.printed:not([open])").forEach(function (closed) {
      closed.open = true;
      closed.dataset.opened = "";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened]").forEach(function (opened) {
      opened.open = false;
      delete opened.dataset.opened;
    });
  });
  // A file that is dropped beside the field would be opened by the browser, in the place of the page.
  var field = document.querySelector("input[type=file]");
  function brings(event) { return field && Array.from(event.dataTransfer.types).includes("Files"); }
  window.addEventListener("dragover", function (event) {
    if (brings(event)) { event.preventDefault(); }
  });
  window.addEventListener("drop", function (event) {
    if (!brings(event)) { return; }
    event.preventDefault();
    field.files = event.dataTransfer.files;
  });
  function openTarget() {
    var target = document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; }
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
