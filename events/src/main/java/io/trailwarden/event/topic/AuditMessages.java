package io.trailwarden.event.topic;

import io.trailwarden.event.topic.Message.Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Audit records: their bytes as they are, the rest in headers. A header that is not known is left to newer readers. */
final class AuditMessages implements MessageCodec<AuditRecord> {

    @Override
    public Message encode(AuditRecord audit) {
        List<Header> headers = new ArrayList<>(3);
        add(headers, AuditHeaders.OBJECT, audit.object());
        add(headers, AuditHeaders.OFFSET, audit.offset());
        add(headers, AuditHeaders.REJECTED, audit.rejected());
        return new Message(audit.key(), audit.value(), headers);
    }

    private static void add(List<Header> headers, String name, byte @Nullable [] value) {
        if (value != null) {
            headers.add(new Header(name, value));
        }
    }

    @Override
    public AuditRecord decode(Message message) {
        return new AuditRecord(
                message.key(),
                message.value(),
                last(message, AuditHeaders.OBJECT),
                last(message, AuditHeaders.OFFSET),
                last(message, AuditHeaders.REJECTED));
    }

    private static byte @Nullable [] last(Message message, String name) {
        byte[] found = null;
        for (Header header : message.headers()) {
            if (header.name().equals(name)) {
                found = header.value();
            }
        }
        return found;
    }
}
