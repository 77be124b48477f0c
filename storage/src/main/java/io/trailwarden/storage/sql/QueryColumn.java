package io.trailwarden.storage.sql;

/** A column of a result: its name as the query gives it, and its DuckDB type. */
public record QueryColumn(String name, String type) {}
