"""What the sample clients work on: tasks, files, command output. Plain text, chosen by a seeded generator."""

from collections.abc import Sequence
from random import Random

TASKS: Sequence[str] = (
    "The checkout test fails since yesterday. Find out why and fix it.",
    "Please add pagination to GET /orders; the page shows everything at once.",
    "Why does the worker use 2 GB of memory after an hour?",
    "Rename `fetch_all` to `list_orders` everywhere, tests included.",
    "The login form accepts an empty password on Safari. Have a look.",
    "Write a migration that adds `archived_at` to invoices, with a backfill.",
    "Our CI takes 14 minutes. What is slow, and what can run in parallel?",
    "Add a retry with backoff to the webhook sender. At most five attempts.",
    "The date in the report is off by one day in Auckland.",
    "Explain how the price rules are evaluated; I have to add a discount.",
    "Make the search box wait until the user stops typing.",
    "There is a deadlock in `reserve_stock` under load. The log is in logs/stock.txt.",
)
FOLLOW_UPS: Sequence[str] = (
    "Good. Now run the tests again.",
    "That works. Can you add a test for the empty case as well?",
    "Please keep the old name as an alias for one release.",
    "Hmm, it still fails for me with Python 3.12.",
    "Looks fine. Write the change log entry, one sentence.",
    "Could this be done without the extra query?",
)
FILES: Sequence[tuple[str, str]] = (
    (
        "shop/orders/service.py",
        """class OrderService:
    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def list_orders(self, customer_id: int, *, limit: int = 50, after: int | None = None) -> list[Order]:
        query = select(Order).where(Order.customer_id == customer_id).order_by(Order.id)
        if after is not None:
            query = query.where(Order.id > after)
        return list(self._session.scalars(query.limit(limit)))

    def cancel(self, order_id: int) -> Order:
        order = self._session.get_one(Order, order_id)
        if order.status is Status.SHIPPED:
            raise AlreadyShipped(order_id)
        order.status = Status.CANCELLED
        order.cancelled_at = self._clock.now()
        return order
""",
    ),
    (
        "web/src/components/SearchBox.tsx",
        """export function SearchBox({ onSearch }: { onSearch: (query: string) => void }) {
  const [text, setText] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <label className="search">
      <span>Search orders</span>
      <input value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}
""",
    ),
    (
        "internal/webhook/sender.go",
        """func (s *Sender) Send(ctx context.Context, event Event) error {
	body, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", event.ID, err)
	}
	for attempt := 1; attempt <= s.maxAttempts; attempt++ {
		err = s.post(ctx, event.URL, body)
		if err == nil || !retryable(err) {
			return err
		}
		if err := s.sleep(ctx, backoff(attempt)); err != nil {
			return err
		}
	}
	return fmt.Errorf("event %s: gave up after %d attempts: %w", event.ID, s.maxAttempts, err)
}
""",
    ),
    (
        "db/migrations/0042_archive_invoices.sql",
        """ALTER TABLE invoices ADD COLUMN archived_at timestamptz;

UPDATE invoices
   SET archived_at = paid_at + interval '10 years'
 WHERE paid_at IS NOT NULL
   AND id IN (SELECT id FROM invoices WHERE archived_at IS NULL ORDER BY id LIMIT 5000);

CREATE INDEX CONCURRENTLY invoices_archived_at ON invoices (archived_at) WHERE archived_at IS NOT NULL;
""",
    ),
    (
        "tests/test_checkout.py",
        """def test_total_includes_shipping(client: Client, basket: Basket) -> None:
    basket.add("mug", quantity=3)
    reply = client.post("/checkout", json={"basket": basket.id, "country": "NZ"})
    assert reply.status_code == 201
    assert reply.json()["total"] == "41.70"


def test_an_empty_basket_is_refused(client: Client, basket: Basket) -> None:
    reply = client.post("/checkout", json={"basket": basket.id, "country": "NZ"})
    assert reply.status_code == 422
    assert reply.json()["error"] == "empty_basket"
""",
    ),
)
OUTPUTS: Sequence[str] = (
    "============ short test summary info ============\nFAILED tests/test_checkout.py::test_total_includes_shipping - "
    "AssertionError: assert '38.70' == '41.70'\n1 failed, 212 passed in 9.41s\n",
    " M shop/orders/service.py\n M tests/test_checkout.py\n?? notes.md\n",
    "213 passed in 9.38s\n",
    "shop/orders/api.py:41:    return service.fetch_all(customer.id)\nshop/reports/daily.py:17:    orders = "
    "service.fetch_all(None)\ntests/test_orders.py:9:    assert service.fetch_all(1) == []\n",
    "total 48\ndrwxr-xr-x 6 dev dev 4096 db\ndrwxr-xr-x 3 dev dev 4096 internal\n-rw-r--r-- 1 dev dev 1211 "
    "pyproject.toml\ndrwxr-xr-x 5 dev dev 4096 shop\ndrwxr-xr-x 8 dev dev 4096 web\n",
    "2026-03-02 10:14:07 WARN  stock lock wait 4.8s order=88121 sku=MUG-RED\n2026-03-02 10:14:12 ERROR deadlock "
    "detected; process 3121 waits for ShareLock on transaction 90021\n",
)
RULES: Sequence[str] = (
    "Read a file before you change it, and change no more than the task needs.",
    "Prefer the project's own helpers to new ones; look for them first.",
    "Run the tests that cover what you changed, and say which ones you ran.",
    "Never write a secret into a file, a log or a commit message.",
    "When a command fails, read its output before you try another.",
    "Use absolute paths in tool calls; the working directory may change between them.",
    "Answer in a few sentences. Show code only where it is the answer.",
    "Ask before you delete anything that git does not know.",
    "Follow the style of the surrounding file, even where you would choose another.",
    "If two readings of the task differ in effect, say so and ask which one is meant.",
)


def file_listing(rng: Random) -> str:
    """A file as an agent's read tool shows it, with line numbers."""
    _, text = rng.choice(FILES)
    return "\n".join(f"{number:>5}\t{line}" for number, line in enumerate(text.splitlines(), 1))


def tool_output(rng: Random) -> str:
    """What a tool might return: a file, or the output of a command."""
    return file_listing(rng) if rng.random() < 0.5 else rng.choice(OUTPUTS)


def instructions(project: str, size_bytes: int) -> str:
    """A long system prompt that is the same every time for a project."""
    head = f"You are a coding agent working in the repository `{project}`. Its rules:\n\n"
    chapters: list[str] = []
    size = 0
    while size < size_bytes:
        number = len(chapters) + 1
        path, text = FILES[number % len(FILES)]
        rule = RULES[number % len(RULES)]
        chapters.append(f"{number}. {rule}\n   An example of the house style, from {path}:\n\n{text}\n")
        size += len(chapters[-1])
    return head + "".join(chapters)
