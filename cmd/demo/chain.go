package main

// What the story reads of the service's answers.
type (
	standingAnswer struct {
		Colour   string
		Verified bool
		Reasons  []struct{ Rule, Why, Clear string }
	}
	passAnswer struct {
		Colour, Grant, Seed, Prefix string
		ServerTime                  int64 `json:"server_time"`
	}
	seenAnswer struct {
		Advice, Say, Colour, Word, Name, Document, Phone, Venue string
		Print                                                   *struct{ Say string }
	}
	queueAnswer struct {
		Reviews []struct{ ID, Kind, State string }
	}
	heldAnswer struct {
		Visits   []struct{ Venue, Grade string }
		Accesses []struct{ By, Purpose string }
		Sessions []struct {
			ID       string
			Platform string
			Current  bool
		}
		Reviews []struct{ Kind, State, Words string }
	}
)

// chain is the story of the main job, from the first login to the closed account.
func (s *story) chain() []step {
	return []step{
		{"a resident opens the mini-program in WeChat and is logged in by jscode2session", s.login(&s.wechat, "wechat", "story-w")},
		{"the same resident opens it in Alipay and is logged in by system.oauth.token, with an open_id only", s.login(&s.alipay, "alipay", "story-a")},
		{"a login code that was used, and one that was made up, are refused", s.badCodes},
		{"they register in WeChat: consent per purpose, document, contact, community; the answer is \"under review\"", s.register("wechat", s.wechat)},
		{"a wrong check digit, an impossible date and a missing consent are told at once, and change nothing", s.badRegistration},
		{"a stranger registers with the same name and number: the answer is the same, byte for byte", s.registerStranger},
		{"until a worker has looked, the resident is unverified and grey", s.standing(s.wechat, "grey", false)},
		{"a community worker logs in with password and second factor and sees their own queue", s.staffLogin(s.worker, "worker")},
		{"a worker of another community logs in and sees none of it", s.otherWorker},
		{"the worker claims the registration, compares the document and approves it", s.judgeFirst("registration", "approve", "")},
		{"the worker refuses the stranger's registration, in words", s.judgeFirst("registration", "refuse", "The document is somebody else's.")},
		{"the resident is verified, and still grey: nothing is declared", s.standing(s.wechat, "grey", true)},
		{"they declare on the health form: 36.5 °C, no symptoms, no contact; the colour is green", s.declare("well", "wechat", wellAnswers, "green")},
		{"an unknown field, a fever of 97 and \"none\" beside a cough are refused at the field", s.badAnswers},
		{"they scan the market's poster: place, time, colour and words; the visit is on record once", s.door},
		{"a guard logs in, stands at the market's gate, scans the code and is told: let them in", s.gate("pass", "green")},
		{"a photograph of it half a minute later, an altered one and a foreign one are refused in words", s.badPasses},
		{"they register in Alipay as well; the worker approves: it is one person with one code", s.bothApps},
		{"in Alipay they declare a cough: the code turns yellow in both apps, with the reason and what clears it", s.ill},
		{"the guard scans again and is told to call the community's number", s.gate("call", "yellow")},
		{"the worker looks, finds them well and says so; the code is green again", s.clear},
		{"they see who looked at their record, and what was said", s.whoLooked},
		{"a registry delivers two vaccinations by the API with its own credentials; twice is once", s.registryDelivers},
		{"the vaccination page says complete, and since when; the stranger's says nothing", s.vaccinated},
		{"they declare a stay in a city that is listed as high risk; the code turns red", s.declare("travel", "wechat", travelAnswers, "red")},
		{"their phone is flat: the guard enters the document by hand and sees the same as by scanning", s.byHand},
		{"they give the phone up: their worker prints a card without a colour; the guard reads it and compares the document", s.printedCard},
		{"somebody without any record is entered by hand in the same way", s.byHandUnknown},
		{"they download everything that is held about them", s.export},
		{"they sign out the lost phone; its pass is refused at the gate", s.lostPhone},
		{"they withdraw consent to visits: the door asks first, and records nothing", s.withdraw},
		{"they close the account: the code is gone", s.closeAccount},
	}
}
