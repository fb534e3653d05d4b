using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// The questions that wait for an answer. One flow is asked about once, however many segments of it arrive. A question ends with
/// the first owner, when all that were asked have answered, or at its time limit.
/// </summary>
/// <param name="capacity">The most questions at once.</param>
internal sealed class FlowQuestions(int capacity)
{
    private readonly Dictionary<long, Question> _byNumber = [];
    private readonly Dictionary<FlowKey, Question> _byFlow = [];
    private long _lastNumber;

    public int Count => _byNumber.Count;

    public bool IsFull => Count >= capacity;

    public Question? Find(in FlowKey flow) => _byFlow.GetValueOrDefault(flow);

    /// <param name="flow">The flow.</param>
    /// <param name="answered">Hears the answer.</param>
    /// <param name="asked">The nodes that are asked.</param>
    /// <param name="until">The time limit.</param>
    /// <param name="ofOwners">All nodes are asked for their own flows, which each knows for certain.</param>
    public Question Add(
        in FlowKey flow, Action<FlowKey, FlowLookup> answered, int asked, TimeSpan until, bool ofOwners)
    {
        var question = new Question(++_lastNumber, flow, asked, until, ofOwners) { Answered = answered };
        _byNumber[question.Number] = _byFlow[flow] = question;
        return question;
    }

    /// <summary>A node has answered.</summary>
    public void Answer(in FlowAnswer answer)
    {
        if (!_byNumber.TryGetValue(answer.Number, out var question)) return;
        question.IsSettled &= answer.IsSettled || question.IsOfOwners;
        if (answer.Owner.Length > 0) End(question, new FlowLookup(answer.Owner, answer.Epoch, IsSettled: true));
        else if (--question.Awaited == 0) End(question, new FlowLookup(null, 0, question.IsSettled));
    }

    /// <summary>Ends the questions whose time is over.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var question in _byNumber.Values.Where(question => question.Until <= now).ToList())
            End(question, new FlowLookup(null, 0, IsSettled: false));
    }

    /// <summary>Ends all questions, because nobody answers any more.</summary>
    public void EndAll() => Expire(TimeSpan.MaxValue);

    private void End(Question question, FlowLookup lookup)
    {
        _byNumber.Remove(question.Number);
        _byFlow.Remove(question.Flow);
        question.Answered(question.Flow, lookup);
    }

    /// <summary>One question to the holders of a slot, or to all nodes.</summary>
    public sealed class Question(long number, FlowKey flow, int awaited, TimeSpan until, bool isOfOwners)
    {
        public long Number => number;

        public FlowKey Flow => flow;

        public TimeSpan Until => until;

        /// <summary>All nodes are asked for their own flows.</summary>
        public bool IsOfOwners => isOfOwners;

        /// <summary>The nodes that have not answered.</summary>
        public int Awaited { get; set; } = awaited;

        public bool IsSettled { get; set; } = true;

        /// <summary>Those who hear the answer.</summary>
        public required Action<FlowKey, FlowLookup> Answered { get; set; }
    }
}
