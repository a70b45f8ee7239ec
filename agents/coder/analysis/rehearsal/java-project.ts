/** The same shop in Java. */
export const javaProject: Readonly<Record<string, string>> = {
  '.gitignore': 'target/\n',
  id_rsa: 'canary-java\n',
  'pom.xml': '<project><artifactId>shop</artifactId></project>\n',
  'target/Old.java': 'class Old { void discount() {} }\n',
  'src/main/java/shop/models/Item.java': `package shop.models;

/** One thing with its price. */
public class Item {
    public static final int LIMIT = 100;
    private final String name;
    private final double price;

    public Item(String name, double price) {
        this.name = name;
        this.price = price;
    }

    public double total(int amount) {
        // TODO: round to cents
        return price * amount;
    }

    public String getName() {
        return name;
    }
}
`,
  'src/main/java/shop/Pricing.java': `package shop;

import shop.models.Item;

public final class Pricing {
    private final Report report = new Report();

    /** Price of some, cheaper where there are many. */
    public double discount(Item item, int amount) {
        double total = item.total(amount);
        if (amount > Item.LIMIT && total > 0) {
            return total * 0.9;
        }
        return total;
    }

    String label(Item item) {
        String discount = "none";
        return report.line(item.getName(), discount);
    }
}
`,
  'src/main/java/shop/Report.java': `package shop;

class Report {
    // FIXME(ana): escape names
    String line(String name, String value) {
        for (String each : new String[] {name, value}) {
            System.out.println(each);
        }
        return Pricing.class.getName();
    }
}
`,
  'src/test/java/shop/PricingTest.java': `package shop;

import shop.models.Item;

class PricingTest {
    void cheaperForMany() {
        assert new Pricing().discount(new Item("pen", 2), 200) == 360;
    }
}
`,
};
