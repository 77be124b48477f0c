/** The tables, as the console asks them. */
@NullMarked
package io.trailwarden.app.tables;

import org.jspecify.annotations.NullMarked;
