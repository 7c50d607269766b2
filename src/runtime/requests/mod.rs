//! How requests are performed: a file a family.

mod app;
mod clipboard;
mod draft;
mod files;
mod history;
mod jwt;
mod list;
mod people;
mod sandbox;
