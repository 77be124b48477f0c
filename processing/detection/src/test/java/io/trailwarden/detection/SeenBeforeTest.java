package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SeenBeforeTest {

    @Test
    void hands_on_the_first_and_every_earlier_one() {
        SeenBefore seen = new SeenBefore(64, 1);
        long thing = SeenBefore.hash(seen.start(), "thing");
        assertThat(seen.isNews(thing, 100)).isTrue();
        assertThat(seen.isNews(thing, 101)).isFalse();
        assertThat(seen.isNews(thing, 100)).as("the same moment: ids decide").isTrue();
        assertThat(seen.isNews(thing, 99)).isTrue();
        assertThat(seen.isNews(thing, 100)).isFalse();
        seen.clear();
        assertThat(seen.isNews(thing, 200)).isTrue();
    }

    @Test
    void the_first_is_the_first_once() {
        SeenBefore seen = new SeenBefore(64, 1);
        assertThat(seen.isFirst(5)).isTrue();
        assertThat(seen.isFirst(5)).isFalse();
        assertThat(seen.isFirst(0)).isTrue();
        assertThat(seen.isFirst(0)).isFalse();
    }

    @Test
    void null_empty_and_shifted_texts_differ() {
        Set<Long> hashes = new HashSet<>();
        List<String[]> texts = new ArrayList<>();
        texts.add(new String[] {null, "ab"});
        texts.add(new String[] {"", "ab"});
        texts.add(new String[] {"a", "b"});
        texts.add(new String[] {"ab", ""});
        texts.add(new String[] {"ab", null});
        texts.forEach(pair -> hashes.add(SeenBefore.hash(SeenBefore.hash(7, pair[0]), pair[1])));
        assertThat(hashes).hasSize(texts.size());
    }

    @Test
    void texts_that_collide_as_java_strings_do_not_collide_here() {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        assertThat(SeenBefore.hash(7, "Aa")).isNotEqualTo(SeenBefore.hash(7, "BB"));
        assertThat(SeenBefore.hash(7, "Aa")).as("the seed is secret").isNotEqualTo(SeenBefore.hash(8, "Aa"));
    }

    @Property
    void never_withholds_the_earliest(
            @ForAll @Size(max = 300) List<@IntRange(max = 40) Integer> things, @ForAll @IntRange(max = 1000) int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SeenBefore seen = new SeenBefore(16, seed);
        long[] earliest = new long[41];
        long[] handedOn = new long[41];
        Arrays.fill(earliest, Long.MAX_VALUE);
        Arrays.fill(handedOn, Long.MAX_VALUE);
        for (int thing : things) {
            long time = random.nextInt(50);
            earliest[thing] = Math.min(earliest[thing], time);
            if (seen.isNews(SeenBefore.hash(1, Integer.toString(thing)), time)) {
                handedOn[thing] = Math.min(handedOn[thing], time);
            }
        }
        assertThat(handedOn).isEqualTo(earliest);
    }

    @Property
    void the_earliest_few_always_pass(
            @ForAll @Size(max = 300) List<@IntRange(max = 12) Integer> groups, @ForAll @IntRange(max = 1000) int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FirstFew few = new FirstFew(3, 8);
        List<List<Long>> all = new ArrayList<>();
        List<List<Long>> passed = new ArrayList<>();
        for (int i = 0; i <= 12; i++) {
            all.add(new ArrayList<>());
            passed.add(new ArrayList<>());
        }
        for (int group : groups) {
            long time = random.nextInt(1_000);
            all.get(group).add(time);
            if (few.passes(SeenBefore.hash(1, group), time)) {
                passed.get(group).add(time);
            }
        }
        for (int i = 0; i <= 12; i++) {
            assertThat(passed.get(i).stream().sorted().limit(3))
                    .containsExactlyElementsOf(
                            all.get(i).stream().sorted().limit(3).toList());
        }
    }
}
