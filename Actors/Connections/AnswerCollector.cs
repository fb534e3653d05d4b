using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Asks many actors and answers for all at once.</summary>
internal sealed class AnswerCollector<TAnswer> : UntypedActor
{
    private readonly IActorRef _requester;
    private readonly Func<IReadOnlyList<TAnswer>, object> _combine;
    private readonly List<TAnswer> _answers;
    private int _missing;

    /// <param name="requester">Gets the answer.</param>
    /// <param name="questions">Who is asked what.</param>
    /// <param name="combine">Makes one answer of all.</param>
    /// <param name="patience">After so long without an answer those that are there have to do; null: all are waited for.</param>
    public AnswerCollector(
        IActorRef requester, IReadOnlyList<(IActorRef Actor, object Question)> questions,
        Func<IReadOnlyList<TAnswer>, object> combine, TimeSpan? patience)
    {
        (_requester, _combine) = (requester, combine);
        _missing = questions.Count;
        _answers = new List<TAnswer>(questions.Count);
        foreach (var (actor, question) in questions) actor.Tell(question, Self);
        SetReceiveTimeout(patience);
        if (_missing == 0) Finish();
    }

    public static Props Props(
        IActorRef requester, IReadOnlyList<(IActorRef Actor, object Question)> questions,
        Func<IReadOnlyList<TAnswer>, object> combine, TimeSpan? patience, string dispatcher) =>
        Akka.Actor.Props.CreateBy(new Producer(() => new AnswerCollector<TAnswer>(requester, questions, combine, patience)))
            .WithDispatcher(dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TAnswer answer:
                _answers.Add(answer);
                if (--_missing == 0) Finish();
                break;
            case ReceiveTimeout:
                Finish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Finish()
    {
        _requester.Tell(_combine(_answers));
        Context.Stop(Self);
    }

    /// <summary>An expression in the Props could not tell null from a missing argument.</summary>
    private sealed class Producer(Func<AnswerCollector<TAnswer>> make) : IIndirectActorProducer
    {
        public Type ActorType => typeof(AnswerCollector<TAnswer>);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
