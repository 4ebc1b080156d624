// SPDX-License-Identifier: Apache-2.0
const say = chrome.i18n.getMessage, page = document.documentElement;
page.lang = chrome.i18n.getUILanguage();
page.dir = say("@@bidi_dir");
for (const id of ["title", "text"]) document.getElementById(id).textContent = say(`closed_${id}`);
document.title = say("closed_title");
