package io.trailwarden.sigma.yaml;

/**
 * A place in a rule file.
 *
 * @param file as the caller named it
 * @param line counted from 1
 * @param column counted from 1
 */
public record Position(String file, int line, int column) {

    @Override
    public String toString() {
        return file + ':' + line + ':' + column;
    }
}
