//! How requests are performed: one file for each family.

mod app;
mod clipboard;
mod draft;
mod files;
mod history;
mod jwt;
mod list;
mod local_server;
mod manifest;
mod people;
