package io.trailwarden.app.terminal;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.trailwarden.event.text.VisibleText;

/** The log message on one line, whoever wrote what is in it. Public because Logback makes it by name. */
public final class VisibleMessage extends ClassicConverter {

    @Override
    public String convert(ILoggingEvent event) {
        return VisibleText.of(event.getFormattedMessage());
    }
}
