// SPDX-License-Identifier: Apache-2.0
document.documentElement.lang = chrome.i18n.getUILanguage();
document.documentElement.dir = chrome.i18n.getMessage("@@bidi_dir");
document.title = document.getElementById("title").textContent = chrome.i18n.getMessage("closed_title");
document.getElementById("text").textContent = chrome.i18n.getMessage("closed_text");
