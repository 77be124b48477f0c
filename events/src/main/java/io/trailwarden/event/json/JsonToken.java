package io.trailwarden.event.json;

/** What a {@link JsonScanner} stands on. */
public enum JsonToken {
    OBJECT_START,
    OBJECT_END,
    ARRAY_START,
    ARRAY_END,
    /** A member's name; the next token is its value. */
    NAME,
    STRING,
    NUMBER,
    TRUE,
    FALSE,
    NULL,
    /** The text is over: nothing but white space was left. */
    END;

    /** Whether a value starts and ends with this one token. */
    public boolean isScalar() {
        return this == STRING || this == NUMBER || this == TRUE || this == FALSE || this == NULL;
    }
}
