package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.crdv2.generator.CustomResourceInfo;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed CRDs are what the types say. {@code -Dcrds.write=true} writes them anew. */
final class GeneratedCrdTest {

    private static final List<String> COLUMNS = List.of(
            "Ready",
            "Safe",
            "Database",
            "From",
            "To",
            "Phase",
            "Leader",
            "Term",
            "Shards",
            "Servers",
            "Endpoint",
            "Administration",
            "Age");

    private static final Path COMMITTED = Path.of("src/main/resources/crds");

    @ParameterizedTest
    @ValueSource(classes = {ShardedDatabase.class, Shard.class})
    void committedYamlIsWhatTheTypesSay(Class<? extends CustomResource<?, ?>> type, @TempDir Path folder)
            throws IOException {
        CustomResourceInfo info = CustomResourceInfo.fromClass(type);
        new CRDGenerator()
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata definition, String version) {
                        return arranged((CustomResourceDefinition) definition);
                    }
                })
                .withImplicitPreserveUnknownFields(false)
                .customResources(info)
                .inOutputDir(folder.toFile())
                .detailedGenerate();
        String name = info.crdName();
        String generated = Files.readString(folder.resolve(name + "-v1.yml"));
        Path committed = COMMITTED.resolve(name + ".yaml");
        if (Boolean.getBoolean("crds.write")) {
            Files.createDirectories(COMMITTED);
            Files.writeString(committed, generated);
        }
        assertThat(committed)
                .as("stale: run mvn test -pl crds -Dcrds.write=true and commit")
                .exists()
                .hasContent(generated);
    }

    /**
     * What the generator cannot say: columns in the order of reading, and lists whose elements are told apart by name.
     */
    private static CustomResourceDefinition arranged(CustomResourceDefinition definition) {
        CustomResourceDefinitionVersion version =
                definition.getSpec().getVersions().getFirst();
        List<CustomResourceColumnDefinition> columns = new ArrayList<>(version.getAdditionalPrinterColumns());
        columns.sort(Comparator.comparingInt(column -> COLUMNS.indexOf(column.getName())));
        assertThat(columns).allSatisfy(column -> assertThat(COLUMNS).contains(column.getName()));
        version.setAdditionalPrinterColumns(columns);
        JSONSchemaProps spec = property(version.getSchema().getOpenAPIV3Schema(), "spec");
        if (definition.getSpec().getNames().getKind().equals("ShardedDatabase")) {
            JSONSchemaProps tables = property(spec, "tables");
            byName(tables);
            byName(property(tables.getItems().getSchema(), "columns"));
            byName(property(tables.getItems().getSchema(), "indexes"));
            byName(property(spec, "collections"));
            byName(property(property(spec, "collections").getItems().getSchema(), "indexes"));
            assertThat(property(tables.getItems().getSchema(), "indexes")
                            .getItems()
                            .getSchema()
                            .getProperties()
                            .remove("path"))
                    .isNotNull();
            byName(property(spec, "keyValueSpaces"));
            byName(property(spec, "shards"));
            byName(property(property(spec, "servers"), "named"));
            boundNames(tables.getItems().getSchema());
            // The operator writes it into the catalog; nobody writes it into a resource.
            assertThat(tables.getItems().getSchema().getProperties().remove("shardKeyPath"))
                    .isNotNull();
        }
        onceEach(version.getSchema().getOpenAPIV3Schema());
        return definition;
    }

    /** Without a bound an API server takes names for endless, and refuses the rules that compare them as too costly. */
    private static void boundNames(JSONSchemaProps table) {
        property(table, "name").setMaxLength((long) SpecLimits.NAME);
        property(table, "shardKey").setMaxLength((long) SpecLimits.NAME);
        property(table, "primaryKey").getItems().getSchema().setMaxLength((long) SpecLimits.NAME);
        property(property(table, "columns").getItems().getSchema(), "name").setMaxLength((long) SpecLimits.NAME);
    }

    /**
     * An API server refuses a rule that stands twice; the generator finds those of a record's component at its accessor
     * again.
     */
    private static void onceEach(JSONSchemaProps schema) {
        if (schema.getXKubernetesValidations() != null) {
            schema.setXKubernetesValidations(
                    schema.getXKubernetesValidations().stream().distinct().toList());
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(GeneratedCrdTest::onceEach);
        }
        if (schema.getItems() != null && schema.getItems().getSchema() != null) {
            onceEach(schema.getItems().getSchema());
        }
    }

    /** As an API server estimates it: 33 steps for each comparison of two names, and no rule above ten million. */
    @Test
    void theCostliestRuleStaysWithinTheBudgetOfAnApiServer() {
        long comparisons = (long) SpecLimits.TABLES * SpecLimits.KEY_COLUMNS * SpecLimits.COLUMNS;
        assertThat(comparisons * 33).isLessThan(10_000_000);
    }

    private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name), name);
    }

    private static void byName(JSONSchemaProps list) {
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of("name"));
    }
}
