//! Which form?

use shipmate::{
    Message, Turn,
    form::{Localized, Questionnaire},
    interview::{End, Interview, Interviewer, Step},
};

use super::{Desk, Intake, Stage, ending::leave};
use crate::{forms::Intakeable, texts::Texts};

/// The field that is answered with a form's id.
const FORM: &str = "form";

impl Desk {
    /// Asks which of the forms it is about.
    pub(super) fn offer(&self, turn: &mut Turn<Intake>, greeting: &str) {
        let question = self.which();
        let interviewer = chooser(&question, self);
        let (interview, step) = interviewer.begin(turn, Some(greeting));
        self.chosen(turn, interview, &step);
    }

    pub(super) fn choose(
        &self,
        turn: &mut Turn<Intake>,
        mut interview: Interview,
        message: &Message,
    ) {
        let question = self.which().max_attempts(turn.config().attempts);
        let interviewer = chooser(&question, self);
        let step = interviewer.hear(turn, &mut interview, message);
        self.chosen(turn, interview, &step);
    }

    pub(super) fn wake_chooser(
        &self,
        turn: &mut Turn<Intake>,
        mut interview: Interview,
        timer: &str,
    ) {
        let question = self.which();
        let step = chooser(&question, self).wake(turn, &mut interview, timer);
        self.chosen(turn, interview, &step.unwrap_or(Step::Asked));
    }

    fn chosen(&self, turn: &mut Turn<Intake>, interview: Interview, step: &Step) {
        match step {
            Step::Asked => turn.state = Stage::Choosing(interview),
            Step::Ended(End::Completed) => match self.named(&interview) {
                Some(form) => self.begin(turn, form, None),
                // Archived since it was offered.
                None => self.start(turn),
            },
            Step::Ended(End::Cancelled) => leave(turn, "cancelled"),
            Step::Ended(End::Silent) => leave(turn, "abandoned"),
            Step::Ended(_) => self.hand_over(turn, None),
        }
    }

    fn named(&self, interview: &Interview) -> Option<&Intakeable> {
        let answer = interview.progress.answer(FORM)?;
        let id = answer.value.as_str()?;
        let mut forms = self.forms.iter();
        forms
            .find(|form| form.form.id.as_str() == id)
            .map(|form| &**form)
    }

    fn which(&self) -> Questionnaire {
        let text = Localized::in_each(|locale| Texts::of(locale).which_form);
        let forms = self.forms.iter();
        let forms = forms.map(|form| (form.form.id.as_str(), form.form.name.as_str()));
        Questionnaire::one_of(FORM, text, forms)
    }
}

fn chooser<'a>(question: &'a Questionnaire, desk: &'a Desk) -> Interviewer<'a> {
    Interviewer::new(FORM, question, desk.style.clone())
        .reminding(&desk.reminders)
        .without_report()
}
