using ActorStack.Actors.Loop;
using Akka.Actor;

namespace ActorStack.Actors.Tests.Loop;

public sealed class CompactMessageQueueTests
{
    private readonly CompactMessageQueue _queue = new();

    [Fact]
    public void Messages_come_out_as_they_went_in_and_what_is_put_first_before_them()
    {
        var random = new Random(11);
        var expected = new LinkedList<int>();
        for (var step = 0; step < 20_000; step++)
        {
            var choice = random.Next(step % 1_000 < 500 ? 4 : 8); // it grows, then it empties
            if (choice is 0 or 1)
            {
                _queue.Enqueue(ActorRefs.Nobody, Message(step));
                expected.AddLast(step);
            }
            else if (choice == 2)
            {
                _queue.EnqueueFirst(Message(step));
                expected.AddFirst(step);
            }
            else
            {
                Assert.Equal(expected.Count > 0, _queue.TryDequeue(out var envelope));
                Assert.Equal(expected.First?.Value, envelope.Message as int?);
                if (expected.Count > 0) expected.RemoveFirst();
            }

            Assert.Equal((expected.Count, expected.Count > 0), (_queue.Count, _queue.HasMessages));
        }
    }

    [Fact]
    public async Task Messages_of_one_thread_keep_their_order_among_those_of_others()
    {
        const int Count = 20_000;
        Task[] writers = [.. Enumerable.Range(0, 3).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Count; i++) _queue.Enqueue(ActorRefs.Nobody, Message(i * 3 + writer));
        }))];
        var next = new int[3];
        for (var taken = 0; taken < 3 * Count;)
        {
            if (!_queue.TryDequeue(out var envelope))
            {
                await Task.Yield();
                continue;
            }

            var number = (int)envelope.Message;
            Assert.Equal(next[number % 3]++, number / 3);
            taken++;
        }

        await Task.WhenAll(writers);
        Assert.False(_queue.HasMessages);
    }

    private static Envelope Message(int number) => new(number, ActorRefs.NoSender);
}
