using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorStack.Actors.Loop;

/// <summary>
/// An unbounded queue with support for a stash. It allocates no memory before a message waits, and releases the memory of a
/// burst.
/// </summary>
internal sealed class CompactMessageQueue
    : IMessageQueue, IUnboundedMessageQueueSemantics, IUnboundedDequeBasedMessageQueueSemantics
{
    private const int Smallest = 2;
    private const int Kept = 16;

    private Envelope[] _messages = [];
    private int _first;
    private int _count;

    public bool HasMessages => Volatile.Read(ref _count) > 0;

    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// The queue locks on itself. That is safe, because the queue never leaves its mailbox, so no other code can lock it.
    /// </summary>
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (this)
        {
            MakeRoom();
            _messages[(_first + _count) % _messages.Length] = envelope;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    public void EnqueueFirst(Envelope envelope)
    {
        lock (this)
        {
            MakeRoom();
            _first = (_first + _messages.Length - 1) % _messages.Length;
            _messages[_first] = envelope;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        envelope = default;
        if (!HasMessages) return false;
        lock (this)
        {
            if (_count == 0) return false;
            envelope = _messages[_first];
            _messages[_first] = default;
            _first = (_first + 1) % _messages.Length;
            Volatile.Write(ref _count, _count - 1);
            if (_count == 0 && _messages.Length > Kept) (_messages, _first) = ([], 0);
        }

        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
    }

    private void MakeRoom()
    {
        if (_count < _messages.Length) return;
        var larger = new Envelope[Math.Max(Smallest, 2 * _messages.Length)];
        for (var i = 0; i < _count; i++) larger[i] = _messages[(_first + i) % _messages.Length];
        (_messages, _first) = (larger, 0);
    }
}
