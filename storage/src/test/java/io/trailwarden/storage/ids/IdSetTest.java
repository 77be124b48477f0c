package io.trailwarden.storage.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class IdSetTest {

    @Property(tries = 200)
    void behaves_like_a_map(
            @ForAll @Size(max = 2000) List<@LongRange(min = -3, max = 900) Long> his,
            @ForAll @IntRange(min = 1, max = 3) int spread,
            @ForAll boolean elsewhere) {
        IdSet ids = new IdSet();
        Map<String, Long> model = new HashMap<>();
        long note = 1;
        for (long hi : his) {
            long lo = hi % spread;
            int at = ids.find(hi, lo);
            assertThat(at >= 0).isEqualTo(model.containsKey(hi + "/" + lo));
            note += 2;
            if (at >= 0) {
                assertThat(ids.note(at)).isEqualTo(model.get(hi + "/" + lo));
                ids.note(at, note);
            } else {
                if (ids.isFull()) {
                    if (elsewhere) {
                        ids.growInto(
                                ByteBuffer.allocateDirect((int) ids.bytes() * 2).asLongBuffer());
                    } else {
                        ids.grow();
                    }
                    at = ids.find(hi, lo);
                }
                ids.insert(at, hi, lo, note);
            }
            model.put(hi + "/" + lo, note);
        }
        assertThat(ids.size()).isEqualTo(model.size());
        assertThat(ids.bytes()).isLessThanOrEqualTo(Math.max(256, model.size() * 3L) * 24);
    }
}
