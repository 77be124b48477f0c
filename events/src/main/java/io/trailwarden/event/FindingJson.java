package io.trailwarden.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A finding as one flat JSON object, whatever records it is made of here: other programs read its members, and their
 * names and order are older than those records. Jackson's {@code @JsonUnwrapped} cannot write it, because members of one
 * record stand between those of another.
 */
final class FindingJson {

    private FindingJson() {}

    static final class Writer extends JsonSerializer<Finding> {
        @Override
        public void serialize(Finding finding, JsonGenerator out, SerializerProvider provider) throws IOException {
            Claim.Detection detection = finding.detection();
            Claim.Subject subject = finding.subject();
            Claim.Evidence evidence = finding.evidence();
            Claim.Words words = finding.words();
            out.writeStartObject(finding);
            out.writeStringField("id", finding.id());
            out.writeNumberField("revision", finding.revision());
            out.writeStringField("state", finding.state().name());
            out.writeStringField("detection", detection.name());
            out.writeStringField("severity", detection.severity().name());
            out.writeStringField("title", words.title());
            out.writeStringField("description", words.description());
            out.writeStringField("author", detection.author());
            out.writeStringField("subject", subject.name());
            out.writeStringField("account", subject.account());
            out.writeStringField("region", subject.region());
            out.writeStringField("principal", subject.principal());
            provider.defaultSerializeField("firstTime", evidence.first(), out);
            provider.defaultSerializeField("lastTime", evidence.last(), out);
            provider.defaultSerializeField("detectedAt", finding.detectedAt(), out);
            provider.defaultSerializeField("eventIds", evidence.eventIds(), out);
            out.writeNumberField("eventCount", evidence.count());
            provider.defaultSerializeField("techniques", detection.techniques(), out);
            provider.defaultSerializeField("facts", words.facts(), out);
            provider.defaultSerializeField("nextSteps", words.nextSteps(), out);
            out.writeStringField("suppression", finding.suppression());
            out.writeEndObject();
        }
    }

    /** Each record picks its own members out of the object. */
    static final class Reader extends JsonDeserializer<Finding> {
        @Override
        public Finding deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JsonNode members = context.readTree(in);
            JsonNode revision = members.get("revision");
            return new Finding(
                    new Claim(
                            read(members.get("id"), String.class, context),
                            context.readTreeAsValue(members, Claim.Detection.class),
                            context.readTreeAsValue(members, Claim.Subject.class),
                            context.readTreeAsValue(members, Claim.Evidence.class),
                            context.readTreeAsValue(members, Claim.Words.class)),
                    context.readTreeAsValue(revision == null ? NullNode.getInstance() : revision, long.class),
                    read(members.get("state"), Finding.State.class, context),
                    read(members.get("detectedAt"), Instant.class, context),
                    read(members.get("suppression"), String.class, context));
        }

        /** What is absent stays absent here, as in every record that Jackson reads: the codec then misses it by name. */
        @SuppressWarnings("NullAway")
        private static <T> T read(@Nullable JsonNode member, Class<T> type, DeserializationContext context)
                throws IOException {
            return member == null || member.isNull() ? null : context.readTreeAsValue(member, type);
        }
    }
}
